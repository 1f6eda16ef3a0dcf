-- Notes that the store lacks what somebody has read from it, for those who
-- don't know. ARGV: the identity that he knows, and one for a store that has none.
local identity = redis.call('HGET', KEYS[1], 'identity')
if identity == ARGV[1] then
  redis.call('HSET', KEYS[1], 'state', 'lost')
elseif not identity then
  redis.call('XADD', KEYS[2], '*', 'begun', ARGV[2])
  redis.call('HSET', KEYS[1], 'version', 1, 'identity', ARGV[2], 'state', 'lost',
    'folded', '0-0', 'count', 0)
end
return 1
