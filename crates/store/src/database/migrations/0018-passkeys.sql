CREATE UNIQUE INDEX authenticator_passkey ON authenticator (authenticator_id) WHERE kind = 'passkey';
