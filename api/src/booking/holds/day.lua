-- What is taken in a day: KEYS[1] the day's hash; ARGV: clock offset in ms.
-- Answers field, kind (B, H or P), rev for each place that is booked or under a live hold.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) + tonumber(ARGV[1])
local all = redis.call('HGETALL', KEYS[1])
local taken = {}
for at = 1, #all, 2 do
  local value = all[at + 1]
  local kind, rev = string.match(value, '^(%a)|(%d+)')
  local live = kind == 'B'
  if kind == 'H' or kind == 'P' then
    local ends, ttl = string.match(value, '^%a|%d+|[^|]+|(%d+)|(%d+)|')
    live = now < tonumber(ends) and tonumber(ends) - now <= tonumber(ttl)
  end
  if live then
    taken[#taken + 1] = all[at]
    taken[#taken + 1] = kind
    taken[#taken + 1] = rev
  end
end
return taken
