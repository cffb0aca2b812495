-- Tells Redis what PostgreSQL committed; what is older than what it knows is ignored.
-- KEYS[1] the day's hash. ARGV: clock offset in ms, key's life in ms, then quadruples:
-- field, rev, state (B, F or P), and for P, a hold that PostgreSQL keeps, `token|ttl in ms|holder`,
-- else ''.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) + tonumber(ARGV[1])
for at = 3, #ARGV, 4 do
  local field, rev, state = ARGV[at], tonumber(ARGV[at + 1]), ARGV[at + 2]
  local known = tonumber(string.match(redis.call('HGET', KEYS[1], field) or '', '^%a|(%d+)') or -1)
  if rev > known then
    local value = string.format('%s|%d', state, rev)
    if state == 'P' then
      local token, ttl, holder = string.match(ARGV[at + 3], '^([^|]+)|(%d+)|(.+)$')
      value = string.format('P|%d|%s|%d|%s|%s', rev, token, now + tonumber(ttl), ttl, holder)
    end
    redis.call('HSET', KEYS[1], field, value)
  end
end
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
