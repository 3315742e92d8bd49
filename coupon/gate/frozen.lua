-- Precedes apply and flip: what settings must leave as it is once a gate has opened, because somebody may
-- hold a coupon. docs/protocol.md, section 5, has the rules in words, and coupon/campaigns/frozen-terms.ts
-- tells them to operators.

local function is_same(one, other)
  if type(one) ~= 'table' or type(other) ~= 'table' then return one == other end
  for key, value in pairs(one) do
    if not is_same(value, other[key]) then return false end
  end
  for key in pairs(other) do
    if one[key] == nil then return false end
  end
  return true
end

-- The public document and its coupon; nil for any other text.
local function terms_in(document)
  local isRead, terms = pcall(cjson.decode, document)
  if isRead and type(terms) == 'table' and type(terms.coupon) == 'table' then return terms, terms.coupon end
end

-- The first part in which `new` takes from a holder what `old` promised, or nil. Both are settings in the
-- order of flip.lua: state, stock, opensAtMs, closesAtMs, perUserLimit, version, document. Before the opening
-- nobody holds a coupon, and nothing is frozen. A gate that lacks a part has promised nothing.
local function frozen_part(old, granted, now, new)
  for index = 1, 7 do
    if not old[index] then return nil end
  end
  if (tonumber(granted) or 0) == 0 and now < tonumber(old[3]) then return nil end
  if tonumber(new[2]) < tonumber(old[2]) then return 'stock' end
  if tonumber(new[3]) ~= tonumber(old[3]) then return 'opensAt' end
  if tonumber(new[5]) < tonumber(old[5]) then return 'perUserLimit' end
  local oldTerms, oldCoupon = terms_in(old[7])
  local newTerms, newCoupon = terms_in(new[7])
  if not oldTerms or not newTerms then return nil end
  if oldCoupon.title ~= newCoupon.title then return 'coupon.title' end
  if not is_same(oldCoupon.discount, newCoupon.discount) then return 'coupon.discount' end
  if (tonumber(newCoupon.usableFromMs) or 0) > (tonumber(oldCoupon.usableFromMs) or 0) then
    return 'coupon.usableFrom'
  end
  if (tonumber(newCoupon.usableUntilMs) or 0) < (tonumber(oldCoupon.usableUntilMs) or 0) then
    return 'coupon.usableUntil'
  end
  if not is_same(oldTerms.eligibility, newTerms.eligibility) then return 'eligibility' end
  return nil
end
