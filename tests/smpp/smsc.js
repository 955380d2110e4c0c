// An SMS centre for the tests, as a process of its own: SMPP 3.4 to Kannel, and HTTP under which a test plays the phones.
//
//   node smsc.js <SMPP port> <control port>
//
// GET  /taken                   the parts that Kannel handed over, in order
// POST /deliver {from, to, …}   one part from a phone; answers once Kannel has acknowledged it
// POST /receipt {id, stat}      a delivery receipt of a part; it may come at any time and more than once
// POST /refuse {statuses}       SMPP statuses with which the next parts are refused
// POST /reset                   forget all of it
'use strict';

const http = require('node:http');
const smpp = require('smpp');

const [smppPort, controlPort] = process.argv.slice(2).map(Number);
const INTERNATIONAL = 1;
const RECEIPT = 4; // esm_class of a receipt
const sessions = new Set();
let taken = [];
let refuse = [];
let nextId = 1;

function take(session, pdu) {
  const status = refuse.shift();
  if (status) {
    session.send(pdu.response({ command_status: status }));
    return;
  }
  const id = String(nextId++);
  const { udh, message } = pdu.short_message;
  taken.push({
    id,
    to: pdu.destination_addr,
    from: pdu.source_addr,
    coding: pdu.data_coding,
    receipt: pdu.registered_delivery,
    part: udh ? [...udh[0].subarray(-2)] : [1, 1], // [of how many, which]
    text: Buffer.isBuffer(message) ? message.toString('hex') : message,
  });
  session.send(pdu.response({ message_id: id }));
}

function serve(session) {
  session.on('error', () => session.close());
  session.on('close', () => sessions.delete(session));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => session.send(pdu.response()));
  session.on('submit_sm', (pdu) => take(session, pdu));
  session.on('bind_transceiver', (pdu) => {
    session.send(pdu.response({ system_id: 'test-smsc' }));
    sessions.add(session);
  });
}

function deliver(pdu) {
  const [session] = sessions;
  if (!session) return Promise.reject(new Error('Kannel is not bound'));
  return new Promise((resolve) => session.deliver_sm(pdu, (answer) => resolve({ status: answer.command_status })));
}

const deeds = {
  '/taken': () => taken,
  '/bound': () => sessions.size,
  '/deliver': ({ from, to, ton = INTERNATIONAL, coding = 0, text, hex, udh }) => {
    const message = hex === undefined ? text : Buffer.from(hex, 'hex');
    return deliver({
      source_addr: from,
      source_addr_ton: ton,
      destination_addr: to,
      data_coding: coding,
      short_message: udh ? { udh: Buffer.from(udh), message } : message,
    });
  },
  '/receipt': ({ id, stat }) => {
    const text = `id:${id} sub:001 dlvrd:001 submit date:2611180900 done date:2611180901 stat:${stat} err:000 text:`;
    const { from, to } = taken.find((part) => part.id === id);
    return deliver({ source_addr: to, destination_addr: from, esm_class: RECEIPT, short_message: text });
  },
  '/refuse': ({ statuses }) => {
    refuse = statuses;
  },
  '/reset': () => {
    taken = [];
    refuse = [];
  },
};

async function answer(request, response) {
  let body = '';
  for await (const piece of request) body += piece;
  try {
    const found = await deeds[request.url](body ? JSON.parse(body) : {});
    response.end(JSON.stringify(found ?? null));
  } catch (error) {
    response.writeHead(503).end(JSON.stringify(error.message));
  }
}

smpp.createServer(serve).listen(smppPort, '127.0.0.1');
http.createServer(answer).listen(controlPort, '127.0.0.1');
