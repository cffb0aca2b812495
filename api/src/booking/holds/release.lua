-- Gives back what a token holds. KEYS[1] the day's hash. ARGV: token, then fields.
-- Answers whose hold it was, or nothing.
local whose = false
for at = 2, #ARGV do
  local value = redis.call('HGET', KEYS[1], ARGV[at])
  local rev, token, holder = string.match(value or '', '^%a|(%d+)|([^|]+)|%d+|%d+|(.+)$')
  if token == ARGV[1] then
    redis.call('HSET', KEYS[1], ARGV[at], 'F|' .. rev)
    whose = holder
  end
end
return whose
