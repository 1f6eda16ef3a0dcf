-- Drops rules that have ended from a part of the table. ARGV: where to go on
-- ('' where the last who asked so stopped, and then what ended a day ago by the
-- server's clock), how many to look at, and the time by which they have ended.
local table, cursor = KEYS[1], ARGV[1]
local before = tonumber(ARGV[3])
if cursor == '' then
  before = tonumber(redis.call('TIME')[1]) - 86400
end
local piece = redis.call('HSCAN', table,
  cursor ~= '' and cursor or redis.call('HGET', table, 'swept') or '0', 'COUNT', ARGV[2])
local dropped = 0
for i = 1, #piece[2], 2 do
  local about, stands = piece[2][i], piece[2][i + 1]
  if string.sub(about, 1, 1) == '[' then
    local ends = string.match(stands, '^%S+ (%-?%d+) ')
    if ends and tonumber(ends) <= before then
      dropped = dropped + redis.call('HDEL', table, about)
    end
  end
end
if cursor == '' then
  redis.call('HSET', table, 'swept', piece[1])
end
return { piece[1], dropped }
