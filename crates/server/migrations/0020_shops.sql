-- Shops: one a person. `link` is the shop's static code; `fee_basis_points` what the shop pays of each payment.
CREATE TABLE shops (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL UNIQUE,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    category TEXT NOT NULL,
    city TEXT NOT NULL,
    currency TEXT NOT NULL,
    fee_basis_points BIGINT NOT NULL CHECK (fee_basis_points BETWEEN 0 AND 10000),
    link TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);
