'use strict';

// Omise's client has options for the scheme and the host, but none for the port.

const http = require('node:http');

const PUBLIC_KEY = 'pkey_test_5clientsofomise';
const SECRET_KEY = 'skey_test_5clientsofomise';

// connect gives a client of the sandbox at url.
function connect(url) {
  const {hostname, port} = new URL(url);
  const request = http.request;
  http.request = (options, ...rest) => request({...options, port}, ...rest);
  return require('omise')({
    publicKey: PUBLIC_KEY, secretKey: SECRET_KEY, scheme: 'http', host: hostname, vaultHost: hostname,
  });
}

// play makes a control call: what shoppers, banks and time do.
async function play(url, path, body) {
  const answer = await fetch(`${url}/_sandbox${path}`, {method: 'POST', body: JSON.stringify(body)});
  if (!answer.ok) {
    throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  }
}

function card(number) {
  return {
    name: 'Somchai Prasert', number, expiration_month: 10, expiration_year: new Date().getFullYear() + 2,
    city: 'Bangkok', postal_code: 10320, security_code: 123,
  };
}

const GOOD_CARD = '4242424242424242';
const BROKE_CARD = '4111111111140011'; // brings insufficient_fund

module.exports = {connect, play, card, GOOD_CARD, BROKE_CARD};
