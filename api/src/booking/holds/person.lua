-- Remembers a person's one hold and answers the one before it. KEYS[1] the person.
-- ARGV: `token|office|day|field,field`, ttl in ms.
local before = redis.call('GET', KEYS[1])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return before
