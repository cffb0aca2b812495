-- Holds k places of one slot, all or none, the first free ones of those offered.
-- KEYS[1] the day's hash. ARGV: clock offset in ms, token, ttl in ms, holder, k, key's life in ms,
-- then pairs: field, rev as PostgreSQL showed it free.
-- Answers {'HELD', token, field...} or {'FULL'}.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000) + tonumber(ARGV[1])
local token, ttl, holder, wanted = ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local fields, revs = {}, {}
for at = 7, #ARGV, 2 do
  fields[#fields + 1] = ARGV[at]
  revs[#revs + 1] = tonumber(ARGV[at + 1])
end
if #fields == 0 then return {'FULL'} end
local values = redis.call('HMGET', KEYS[1], unpack(fields))
local free, mine, my_token = {}, {}, nil
for at, field in ipairs(fields) do
  local value, rev = values[at], revs[at]
  local kind = value and string.sub(value, 1, 1)
  if kind == 'B' then
    -- Booked, unless what PostgreSQL showed is newer than what we were told.
    local known = tonumber(string.match(value, '^B|(%d+)'))
    if rev > known then free[#free + 1] = {field, rev} end
  elseif kind == 'H' then
    local known, its_token, its_end, its_ttl, its_holder =
      string.match(value, '^H|(%d+)|([^|]+)|(%d+)|(%d+)|(.+)$')
    known, its_end, its_ttl = tonumber(known), tonumber(its_end), tonumber(its_ttl)
    -- The second half: the clock went back.
    local live = now < its_end and its_end - now <= its_ttl
    if live and its_holder == holder and (not my_token or my_token == its_token) then
      mine[#mine + 1] = field
      my_token = its_token
    elseif not live then
      free[#free + 1] = {field, math.max(rev, known)}
    end
  else
    local known = kind and tonumber(string.match(value, '^F|(%d+)')) or 0
    free[#free + 1] = {field, math.max(rev, known)}
  end
end
if #mine == wanted then return {'HELD', my_token, unpack(mine)} end
if #free < wanted then return {'FULL'} end
local taken = {}
for at = 1, wanted do
  local field, rev = free[at][1], free[at][2]
  redis.call('HSET', KEYS[1], field,
    string.format('H|%d|%s|%d|%d|%s', rev, token, now + ttl, ttl, holder))
  taken[at] = field
end
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[6]) end
return {'HELD', token, unpack(taken)}
