CREATE UNIQUE INDEX staff_identity ON staff_authenticator (kind) WHERE kind LIKE 'identity-%';
