-- Admits one more party of a device, of few. KEYS[1] the device's hash of party to end.
-- ARGV: clock offset in ms, most parties, party, ttl in ms. Answers 0 when it holds enough, 1 when
-- the party is counted now, 2 when it was before.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) + tonumber(ARGV[1])
local most, party, ttl = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local all = redis.call('HGETALL', KEYS[1])
local live, answer = 0, 1
for at = 1, #all, 2 do
  local ends = tonumber(all[at + 1])
  -- Longer than any hold lasts: the clock went back.
  if ends <= now or ends - now > 3600000 then
    redis.call('HDEL', KEYS[1], all[at])
  elseif all[at] == party then
    answer = 2
  else
    live = live + 1
  end
end
if live >= most then return 0 end
redis.call('HSET', KEYS[1], party, string.format('%d', now + ttl))
redis.call('PEXPIRE', KEYS[1], 3600000)
return answer
