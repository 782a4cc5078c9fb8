'use strict';

// Runs every operation of Omise's Node client against the sandbox whose URL is the argument, and
// ends with an error where an answer is not what it should be.

const assert = require('node:assert/strict');
const {connect, play, card, GOOD_CARD, BROKE_CARD} = require('./omise');

const url = process.argv[2];
const omise = connect(url);

const tokenOf = async (number) => (await omise.tokens.create({card: card(number)})).id;

const chargeOf = async (params) =>
  omise.charges.create({currency: 'thb', card: await tokenOf(GOOD_CARD), ...params});

const refused = (promise, code) => assert.rejects(promise, (fault) => {
  assert.equal(fault.object, 'error');
  assert.equal(fault.code, code);
  return true;
});

const has = (got, want) => assert.deepEqual(
  Object.fromEntries(Object.keys(want).map((key) => [key, got[key]])), want);

async function tokens() {
  const token = await omise.tokens.create({card: card(GOOD_CARD)});
  has(token, {object: 'token', used: false, charge_status: 'unknown'});
  has(token.card, {last_digits: '4242', brand: 'Visa', postal_code: '10320', security_code_check: true});
  assert.equal((await omise.tokens.retrieve(token.id)).id, token.id);
  await chargeOf({amount: 100000, card: token.id});
  await refused(chargeOf({amount: 100000, card: token.id}), 'used_token');
  has(await omise.tokens.retrieve(token.id), {used: true, charge_status: 'successful'});
}

async function customers() {
  const made = await omise.customers.create({
    email: 'somchai@example.com', description: 'first', card: await tokenOf(GOOD_CARD), metadata: {tags: ['a', 'b'], tier: {level: 1}},
  });
  has(made, {email: 'somchai@example.com', metadata: {tags: ['a', 'b'], tier: {level: 1}}});
  assert.equal(made.default_card, made.cards.data[0].id);
  has(await omise.customers.update(made.id, {description: 'second'}), {description: 'second', email: 'somchai@example.com'});
  has(await omise.customers.retrieve(made.id), {description: 'second'});
  has(await omise.customers.list({limit: 1, order: 'reverse_chronological'}), {limit: 1, order: 'reverse_chronological'});
  has(await omise.customers.schedules(made.id), {total: 0});
  has(await omise.customers.destroy(made.id), {deleted: true});
  await refused(omise.customers.retrieve(made.id), 'not_found');
}

async function cards() {
  const customer = await omise.customers.create({card: await tokenOf(GOOD_CARD)});
  const id = customer.default_card;
  const changed = {expiration_month: 11, expiration_year: new Date().getFullYear() + 3, name: 'John Doe', postal_code: '10310'};
  has(await omise.customers.updateCard(customer.id, id, {...changed, postal_code: 10310}), changed);
  has(await omise.customers.retrieveCard(customer.id, id), changed);
  has(await omise.customers.listCards(customer.id), {total: 1});
  has(await omise.charges.create({amount: 50000, currency: 'thb', customer: customer.id, card: id}), {status: 'successful', customer: customer.id});
  has(await omise.customers.destroyCard(customer.id, id), {deleted: true});
  has(await omise.customers.listCards(customer.id), {total: 0});
}

async function charges() {
  const began = new Date(Date.now() - 1000).toISOString();
  const paid = await chargeOf({amount: '100000', description: 'two shirts', metadata: {order_id: '123456', color: 'black'}});
  has(paid, {status: 'successful', amount: 100000, currency: 'THB', paid: true, metadata: {order_id: '123456', color: 'black'}});
  has(await omise.charges.update(paid.id, {description: 'one shirt', metadata: {order_id: 7}}), {description: 'one shirt', metadata: {order_id: 7}});
  has(await omise.charges.retrieve(paid.id), {description: 'one shirt'});

  const failed = await chargeOf({amount: 50000, card: await tokenOf(BROKE_CARD)});
  has(failed, {status: 'failed', failure_code: 'insufficient_fund'});
  const list = await omise.charges.list({from: began, limit: 1, order: 'reverse_chronological'});
  assert.deepEqual(list.data.map((charge) => charge.id), [failed.id]);
  has(await omise.charges.schedules(), {total: 0});
  await refused(omise.charges.retrieve('chrg_test_none'), 'not_found');
}

async function manualCapture() {
  const authorize = (params) => chargeOf({amount: 100000, capture: false, ...params});
  has(await authorize(), {status: 'pending', authorized: true, paid: false, capturable: true});
  const whole = await omise.charges.capture((await authorize()).id);
  has(whole, {status: 'successful', captured_amount: 100000});
  await refused(omise.charges.capture(whole.id), 'failed_capture');
  const part = await omise.charges.capture((await authorize({authorization_type: 'pre_auth'})).id, {capture_amount: 40000});
  has(part, {amount: 100000, authorized_amount: 100000, captured_amount: 40000});
  has(await omise.charges.reverse((await authorize()).id), {status: 'reversed', reversed: true});
}

async function refunds() {
  const charge = await chargeOf({amount: 100000});
  const refund = await omise.charges.createRefund(charge.id, {amount: 30000, metadata: {why: 'size'}});
  has(refund, {amount: 30000, charge: charge.id, voided: false, metadata: {why: 'size'}});
  has(await omise.charges.retrieveRefund(charge.id, refund.id), {amount: 30000});
  has(await omise.charges.listRefunds(charge.id), {total: 1});
  has(await omise.charges.retrieve(charge.id), {refunded_amount: 30000, refundable: true});
  await refused(omise.charges.createRefund(charge.id, {amount: 70001}), 'failed_refund');
}

async function sources() {
  const source = await omise.sources.create({type: 'internet_banking_bbl', amount: 500000, currency: 'thb'});
  has(source, {object: 'source', type: 'internet_banking_bbl', flow: 'redirect', amount: 500000, currency: 'THB'});
  has(await omise.sources.retrieve(source.id), {id: source.id});
  const charge = await omise.charges.create({amount: 500000, currency: 'thb', source: source.id, return_uri: 'https://shop.example.com'});
  has(charge, {status: 'pending', paid: false, return_uri: 'https://shop.example.com'});
  await play(url, `/charges/${charge.id}/pay`);
  has(await omise.charges.retrieve(charge.id), {status: 'successful', paid: true});

  const inline = await omise.charges.create({
    amount: 100000, currency: 'thb', source: {type: 'alipay_cn', platform_type: 'WEB'}, return_uri: 'https://shop.example.com',
  });
  has(await omise.charges.expire(inline.id), {status: 'expired', expired: true});
  const offsite = await omise.charges.create({amount: '100000', currency: 'thb', return_uri: 'http://www.example.com', offsite: 'alipay'});
  has(offsite, {status: 'pending'});
}

async function books() {
  const before = await omise.balance.retrieve();
  const charge = await chargeOf({amount: 1000000});
  const line = await omise.transactions.retrieve(charge.transaction);
  has(line, {origin: charge.id, direction: 'credit', amount: charge.net});
  assert.equal((await omise.balance.retrieve()).total, before.total + charge.net);
  await play(url, '/clock', {advance: '240h'});
  const lines = await omise.transactions.list({limit: 100, order: 'reverse_chronological'});
  assert.ok(lines.data.some((row) => row.id === charge.transaction));

  const transfer = await omise.transfers.create({amount: 500000});
  has(await omise.transfers.update(transfer.id, {amount: 400000}), {amount: 400000});
  has(await omise.transfers.retrieve(transfer.id), {amount: 400000, sent: false});
  assert.ok((await omise.transfers.list()).total >= 1);
  has(await omise.transfers.schedules(), {total: 0});
  has(await omise.transfers.destroy(transfer.id), {deleted: true});
}

async function recipients() {
  const made = await omise.recipients.create({
    name: 'Somchai Prasert', email: 'somchai@example.com', type: 'individual',
    bank_account: {brand: 'bbl', number: '1234567890', name: 'SOMCHAI PRASERT'},
  });
  has(made.bank_account, {bank_code: 'bbl', last_digits: '7890'});
  has(await omise.recipients.update(made.id, {email: 'malee@example.com'}), {email: 'malee@example.com', name: 'Somchai Prasert'});
  has(await omise.recipients.retrieve(made.id), {email: 'malee@example.com'});
  assert.ok((await omise.recipients.list()).data.some((row) => row.id === made.id));
  has(await omise.recipients.schedules(made.id), {total: 0});
  has(await omise.recipients.destroy(made.id), {deleted: true});
}

async function links() {
  const link = await omise.links.create({amount: 19000, currency: 'thb', multiple: true, title: 'Cappuccino', description: 'Free Refill'});
  has(link, {object: 'link', amount: 19000, multiple: true, used: false});
  await play(url, `/links/${link.id}/pay`);
  has((await omise.links.retrieve(link.id)).charges, {total: 1});
  assert.ok((await omise.links.list({limit: 5})).total >= 1);
}

async function disputes() {
  const charge = await chargeOf({amount: 100000});
  await play(url, `/charges/${charge.id}/dispute`);
  const open = await omise.disputes.listOpen();
  const id = open.data[0].id;
  has(open.data[0], {charge: charge.id, status: 'open', amount: 100000});
  has(await omise.disputes.update(id, {message: 'it was delivered'}), {message: 'it was delivered'});
  has(await omise.disputes.retrieve(id), {message: 'it was delivered'});
  await play(url, `/disputes/${id}/close`, {won: false});
  assert.equal((await omise.disputes.listClosed()).data[0].status, 'lost');
  assert.equal((await omise.disputes.listPending()).total, 0);
  assert.equal((await omise.disputes.list()).total, 1);
}

async function account() {
  has(await omise.account.retrieve(), {object: 'account', country: 'TH', currency: 'THB'});
  has(await omise.account.updateAccount({chain_enabled: false}), {object: 'account'});
  const capability = await omise.capability.retrieve();
  has(capability, {object: 'capability', country: 'TH'});
  assert.ok(capability.payment_methods.some((method) => method.name === 'promptpay'));
}

async function events() {
  const list = await omise.events.list({limit: 100, order: 'reverse_chronological'});
  assert.ok(list.data.some((event) => event.key === 'refund.create'));
  has(await omise.events.retrieve(list.data[0].id), {object: 'event', key: list.data[0].key});
}

async function search() {
  const found = await omise.search.list({scope: 'charge', query: 'one shirt', 'filters[amount]': '1000'});
  has(found, {object: 'search', scope: 'charge', total: 1});
  assert.equal(found.data[0].description, 'one shirt');
}

// callbacks are the other style of the client's.
async function callbacks() {
  const charge = await new Promise((resolve, reject) => {
    omise.tokens.create({card: card(GOOD_CARD)}, (fault, token) => {
      if (fault) {
        return reject(fault);
      }
      omise.charges.create({amount: 20000, currency: 'thb', card: token.id}, (fault, charge) => fault ? reject(fault) : resolve(charge));
    });
  });
  has(charge, {status: 'successful', amount: 20000});
}

async function main() {
  const topics = [
    tokens, customers, cards, charges, manualCapture, refunds, sources,
    books, recipients, links, disputes, account, events, search, callbacks,
  ];
  for (const topic of topics) {
    try {
      await topic();
      console.log(`ok ${topic.name}`);
    } catch (fault) {
      console.log(`FAILED ${topic.name}:`, fault);
      process.exitCode = 1;
    }
  }
}

main();
