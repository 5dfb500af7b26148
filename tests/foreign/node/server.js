// node's soap, WSDL first: node server.js WSDL. Prints the port it listens at.
const fs = require('fs');
const http = require('http');
const soap = require('soap');

function account({ id }) {
  if (id === 'unknown') {
    throw {
      Fault: {
        faultcode: 'soap:Client',
        faultstring: 'no such account',
        detail: { AccountFault: { code: 'A404', text: 'unknown' } },
      },
    };
  }
  if (id === 'broken') throw new Error('disk of customer 4917012345 full');
  if (id === 'nothing') return {};
  const lines = id === 'many' ? 500 : 2;
  const line = Array.from({ length: lines }, (_, n) => ({ name: `gebühr ${n}`, amount: '0.10' }));
  return { id, balance: '12.50', opened: '2026-03-02T09:00:00Z', line };
}

const server = http.createServer((request, response) => response.end());
server.listen(0, '127.0.0.1', () => {
  const service = { AccountsService: { Accounts: { GetAccount: account } } };
  soap.listen(server, '/accounts', service, fs.readFileSync(process.argv[2], 'utf8'));
  console.log(server.address().port);
});
