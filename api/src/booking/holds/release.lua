-- Gives back what a token holds. KEYS[1] the day's hash. ARGV: token, then fields.
local released = 0
for at = 2, #ARGV do
  local value = redis.call('HGET', KEYS[1], ARGV[at])
  local rev, token = string.match(value or '', '^H|(%d+)|([^|]+)|')
  if token == ARGV[1] then
    redis.call('HSET', KEYS[1], ARGV[at], 'F|' .. rev)
    released = released + 1
  end
end
return released
