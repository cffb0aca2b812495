-- Counts a party of a device no more: what it held is booked or given back.
-- KEYS[1] the device's hash of party to end. ARGV: party.
return redis.call('HDEL', KEYS[1], ARGV[1])
