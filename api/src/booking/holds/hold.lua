-- Holds k places, all or none, the first free ones of those offered: of one slot, or of several that
-- follow each other. Each of them but the last gives all that it has, and none gives nothing, so that
-- nobody of a family waits for a slot in between.
-- KEYS[1] the day's hash. ARGV: clock offset in ms, token, ttl in ms, holder, k, key's life in ms,
-- then pairs, slot by slot in order of time: field, rev as PostgreSQL showed it free.
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
local function slot_of(field) return string.match(field, '^%d+') end

-- What may be taken, by its position: its rev. What this party holds already may be: whatever it is
-- given now replaces the hold it had.
local values = redis.call('HMGET', KEYS[1], unpack(fields))
local open, mine, my_token = {}, {}, nil
for at, field in ipairs(fields) do
  local value, rev = values[at], revs[at]
  local kind = value and string.sub(value, 1, 1)
  if kind == 'B' then
    -- Booked, unless what PostgreSQL showed is newer than what we were told.
    local known = tonumber(string.match(value, '^B|(%d+)'))
    if rev > known then open[at] = rev end
  elseif kind == 'H' or kind == 'P' then
    local known, its_token, its_end, its_ttl, its_holder =
      string.match(value, '^%a|(%d+)|([^|]+)|(%d+)|(%d+)|(.+)$')
    known, its_end, its_ttl = tonumber(known), tonumber(its_end), tonumber(its_ttl)
    -- The second half: the clock went back.
    local live = now < its_end and its_end - now <= its_ttl
    if live and its_holder == holder and (not my_token or my_token == its_token) then
      mine[#mine + 1] = field
      my_token = its_token
    end
    -- A hold of PostgreSQL's is over when it has decided since and what it told us was lost. One that
    -- was given here stands, whatever its rev: the picture that it was given from may have been older.
    local is_old = kind == 'P' and rev > known
    if not live or its_holder == holder or is_old then open[at] = math.max(rev, known) end
  else
    local known = kind and tonumber(string.match(value, '^F|(%d+)')) or 0
    open[at] = math.max(rev, known)
  end
end
if #mine == wanted and slot_of(mine[1]) == slot_of(fields[1]) then
  return {'HELD', my_token, unpack(mine)}
end

local taken, slot, of_slot = {}, slot_of(fields[1]), 0
for at, field in ipairs(fields) do
  if slot_of(field) ~= slot then
    if of_slot == 0 then break end
    slot, of_slot = slot_of(field), 0
  end
  if open[at] and #taken < wanted then
    taken[#taken + 1] = at
    of_slot = of_slot + 1
  end
end
if #taken < wanted then return {'FULL'} end
local answer = {'HELD', token}
for _, at in ipairs(taken) do
  redis.call('HSET', KEYS[1], fields[at],
    string.format('H|%d|%s|%d|%d|%s', open[at], token, now + ttl, ttl, holder))
  answer[#answer + 1] = fields[at]
end
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[6]) end
return answer
