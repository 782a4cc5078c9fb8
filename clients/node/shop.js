'use strict';

// A morning in a shop, played against a sandbox: shop.js URL MONTH YEAR, the latter two the expiry
// of a customer's card. It prints the ids of what it made as JSON.

const {connect, card, GOOD_CARD, BROKE_CARD} = require('./omise');

const [url, month, year] = process.argv.slice(2);
const omise = connect(url);

async function charge(amount, number, params) {
  const token = await omise.tokens.create({card: card(number)});
  return (await omise.charges.create({amount, currency: 'thb', card: token.id, ...params})).id;
}

async function main() {
  const paid = await charge(204842, GOOD_CARD);
  const refund = (await omise.charges.createRefund(paid, {amount: 4842})).id;
  const authorized = await charge(100000, GOOD_CARD, {capture: false});
  const failed = await charge(50000, BROKE_CARD);

  const token = await omise.tokens.create({card: {...card(GOOD_CARD), expiration_month: month, expiration_year: year}});
  const customer = await omise.customers.create({email: 'somchai@example.com', card: token.id});
  console.log(JSON.stringify({paid, refund, authorized, failed, customer: customer.id, card: customer.default_card}));
}

main();
