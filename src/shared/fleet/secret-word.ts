// What the name of a secret has in it: of a variable, an option, a key.
export const secretWord =
  /PASS(?:WORD|WD|PHRASE)|SECRET|TOKEN|CREDENTIAL|PRIVATE|APIKEY|(?:^|_)(?:PASS|PWD|KEYS?|SALT|NONCE)(?:_|$)/i;
