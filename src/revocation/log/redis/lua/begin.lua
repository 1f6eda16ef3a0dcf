-- Begins a store where there is nothing, and makes up a missing half, which is
-- a loss. ARGV: its identity.
local table, log = KEYS[1], KEYS[2]
local has_table, has_log = redis.call('EXISTS', table) == 1, redis.call('EXISTS', log) == 1
if has_table and has_log then
  return 0
end
local id = redis.call('XADD', log, '*', 'begun', ARGV[1])
if has_table then
  redis.call('HSET', table, 'state', 'lost', 'folded', id)
elseif has_log then
  redis.call('HSET', table, 'version', 1, 'identity', ARGV[1], 'state', 'lost',
    'folded', '0-0', 'count', 0)
else
  redis.call('HSET', table, 'version', 1, 'identity', ARGV[1], 'state', 'new',
    'folded', id, 'count', 0)
end
return 1
