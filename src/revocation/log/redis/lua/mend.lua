-- Somebody has appended all that the store should hold. ARGV: an identity, by
-- which those who had read more than the store kept know it for another.
local state = redis.call('HGET', KEYS[1], 'state')
if state == 'lost' then
  redis.call('HSET', KEYS[1], 'identity', ARGV[1])
end
redis.call('HSET', KEYS[1], 'state', 'whole')
return 1
