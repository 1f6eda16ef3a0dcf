-- Carries the oldest entries that the table lacks over from the log. Any number
-- of processes may do so. ARGV: how many changes, at least, unless there are fewer.
local table, log, most = KEYS[1], KEYS[2], tonumber(ARGV[1])
local head = redis.call('HMGET', table, 'folded', 'count', 'kept', 'kept_count')
local folded, count = head[1], tonumber(head[2])
if not folded then
  return 0
end

-- The changes, and what the table says about the same.
local abouts, all, times = {}, {}, {}
local asked, known = {}, {}
for _, entry in ipairs(redis.call('XRANGE', log, '(' .. folded, '+', 'COUNT', most)) do
  local fields, now = entry[2], 0
  for i = 1, #fields, 2 do
    local about = fields[i]
    if about == 'at' then
      now = tonumber(fields[i + 1])
    elseif string.byte(about) == 91 then
      local n = #abouts + 1
      abouts[n], all[n], times[n] = about, fields[i + 1], now
      if known[about] == nil then
        known[about] = false
        asked[#asked + 1] = about
      end
    end
  end
  folded = entry[1]
  if #abouts >= most then
    break
  end
end
if folded == head[1] then
  return count
end
if #asked > 0 then
  for i, stands in ipairs(redis.call('HMGET', table, unpack(asked))) do
    known[asked[i]] = stands
  end
end

local function later(a, b)
  if a == '*' or b == '*' then
    return '*'
  end
  return tonumber(a) < tonumber(b) and b or a
end

-- As two rules about the same become one everywhere: see the rule's module.
local function joined(stands, old, now)
  local parts = '^(%S+) (%S+) (%S+)(.*)$'
  local old_cut, old_ends, old_at, old_note = string.match(old, parts)
  if old_ends ~= '*' and tonumber(old_ends) <= now then
    return stands
  end
  local cut, ends, at, note = string.match(stands, parts)
  return later(cut, old_cut) .. ' ' .. later(ends, old_ends) .. ' ' ..
    (tonumber(old_at) < tonumber(at) and old_at or at) .. (note ~= '' and note or old_note)
end

for i, about in ipairs(abouts) do
  local stands, old = all[i], known[about]
  if stands == '-' then
    known[about] = false
  elseif old and stands ~= 'on' and stands ~= 'off' then
    known[about] = joined(stands, old, times[i])
  else
    known[about] = stands
  end
end
count = count + #abouts
local set, dropped = { 'folded', folded, 'count', count }, {}
for _, about in ipairs(asked) do
  if known[about] then
    set[#set + 1] = about
    set[#set + 1] = known[about]
  else
    dropped[#dropped + 1] = about
  end
end
redis.call('HSET', table, unpack(set))
if #dropped > 0 then
  redis.call('HDEL', table, unpack(dropped))
end

-- As many changes stay as the table has rules, so that whoever is reading the
-- table finds what has changed meanwhile.
local kept_count = tonumber(head[4] or 0)
if count - kept_count >= math.max(100000, redis.call('HLEN', table)) then
  redis.call('XTRIM', log, 'MINID', '~', head[3] or '0-0')
  redis.call('HSET', table, 'kept', folded, 'kept_count', count)
end
return count
