-- One token of a limit (GCRA): one key, one number, the time at which the bucket is full again.
-- KEYS[1]; ARGV: milliseconds per token, burst, and 1 to take the token, 0 only to see whether there is one. Answers 0,
-- or the milliseconds to wait.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local token_ms, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local window = token_ms * burst
local full_at = tonumber(redis.call('GET', KEYS[1]) or now)
if full_at - now > window * 2 then
  full_at = now + window -- the clock went back: do not lock anybody out for longer than a burst
end
local next_full_at = math.max(full_at, now) + token_ms
local allowed_at = next_full_at - window
if allowed_at > now then
  return allowed_at - now
end
if ARGV[3] == '1' then
  redis.call('SET', KEYS[1], string.format('%d', next_full_at), 'PX', math.max(1, next_full_at - now))
end
return 0
