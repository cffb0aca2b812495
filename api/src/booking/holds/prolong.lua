-- Keeps what a token holds from lapsing while PostgreSQL commits. Refuses nothing.
-- KEYS[1] the day's hash. ARGV: clock offset in ms, grace in ms, token, then fields.
-- Answers whose hold it is, or nothing.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) + tonumber(ARGV[1])
local grace = tonumber(ARGV[2])
local whose = false
for at = 4, #ARGV do
  local value = redis.call('HGET', KEYS[1], ARGV[at])
  local kind, rev, token, ends, ttl, holder =
    string.match(value or '', '^(%a)|(%d+)|([^|]+)|(%d+)|(%d+)|(.+)$')
  if token == ARGV[3] then
    whose = holder
    if tonumber(ends) < now + grace then
      redis.call('HSET', KEYS[1], ARGV[at], string.format('%s|%s|%s|%d|%d|%s',
        kind, rev, token, now + grace, math.max(tonumber(ttl), grace), holder))
    end
  end
end
return whose
