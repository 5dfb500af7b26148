'use strict';
// node facade.js LIBRARY WSDL ENDPOINT: the product list over fastify, in front of one SOAP call.
// LIBRARY: soap, strong-soap, or strong-soap-full (retries, OpenTelemetry at 1 %, validation). Prints its port.
const [library, wsdl, endpoint] = process.argv.slice(2);
const full = library.endsWith('-full');

if (full) {
  const { NodeSDK, tracing } = require('@opentelemetry/sdk-node');
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
  const nowhere = {
    export: (spans, done) => done({ code: 0 }),
    shutdown: async () => {},
    forceFlush: async () => {},
  };
  new NodeSDK({
    serviceName: 'facade',
    sampler: new tracing.ParentBasedSampler({ root: new tracing.TraceIdRatioBasedSampler(0.01) }),
    spanProcessors: [new tracing.BatchSpanProcessor(nowhere)],
    instrumentations: [new HttpInstrumentation()],
    metricReaders: [],
    logRecordProcessors: [],
  }).start();
}

const http = require('http');
const fastify = require('fastify')({ logger: false });
const PATH = '/tmf-api/productInventory/v4/product';
const ATTEMPTS = 3;
const agent = new http.Agent({ keepAlive: true });

const text = { type: 'string' };
const object = (properties) => ({ type: 'object', required: Object.keys(properties), properties });
const reference = object({ id: text });
const LIST = {
  type: 'array',
  items: object({
    id: text, href: text, '@type': text, name: text,
    status: { enum: ['active', 'suspended', 'terminated'] },
    isBundle: { type: 'boolean' }, isCustomerVisible: { type: 'boolean' },
    startDate: { type: 'string', format: 'date-time' },
    relatedParty: { type: 'array', items: reference },
    billingAccount: reference, productOffering: reference,
    productPrice: {
      type: 'array',
      items: object({
        name: text, priceType: text, recurringChargePeriod: text,
        price: object({ dutyFreeAmount: object({ unit: text, value: { type: 'number' } }) }),
      }),
    },
    productCharacteristic: { type: 'array', items: object({ name: text, valueType: text, value: text }) },
  }),
};

function product(row) {
  const customer = String(row.userId);
  const made = {
    id: String(row.id), href: `${PATH}/${row.id}`, '@type': 'Product', name: row.description, status: row.status,
    isBundle: false, isCustomerVisible: true, startDate: new Date(row.activeSince).toISOString(),
    relatedParty: [{ role: 'customer', id: customer, '@referredType': 'Customer' }],
    billingAccount: { id: customer, '@referredType': 'Customer' },
    productPrice: [{
      name: row.description, priceType: 'recurring', recurringChargePeriod: 'month',
      price: { dutyFreeAmount: { unit: row.currency, value: Number(row.price) * Number(row.quantity) } },
    }],
    productCharacteristic: [{ name: 'subscription', valueType: 'string', value: String(row.id) }],
    productOffering: { id: String(row.itemId), name: row.description },
  };
  if (row.activeUntil) made.terminationDate = new Date(row.activeUntil).toISOString();
  return made;
}

async function caller() {
  if (library === 'soap') {
    const client = await require('soap').createClientAsync(wsdl, { endpoint });
    client.addHttpHeader('Connection', 'keep-alive');
    return async (args) => (await client.getUserOrdersPageAsync(args, { httpAgent: agent }))[0];
  }
  const { soap } = require('strong-soap');
  const client = await new Promise((resolve, reject) =>
    soap.createClient(wsdl, { endpoint }, (error, made) => (error ? reject(error) : resolve(made))));
  client.setEndpoint(endpoint);
  const options = { agent, timeout: 5000 };
  const headers = { Connection: 'keep-alive' };
  return (args) => new Promise((resolve, reject) =>
    client.getUserOrdersPage(args, (error, result) => (error ? reject(error) : resolve(result)), options, headers));
}

function persistent(call) {
  return async (args) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call(args);
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await new Promise((done) => setTimeout(done, Math.random() * 100 * 2 ** attempt));
      }
    }
  };
}

async function main() {
  const call = full ? persistent(await caller()) : await caller();
  let check = null;
  if (full) {
    const ajv = new (require('ajv'))();
    require('ajv-formats')(ajv);
    check = ajv.compile(LIST);
  }
  const query = { querystring: { type: 'object', properties: { customer: { type: 'integer' }, limit: { type: 'integer' } } } };
  fastify.get(PATH, full ? { schema: query } : {}, async (request) => {
    const reply = await call({ arg0: request.query.customer, arg1: request.query.limit || 100, arg2: 0 });
    const list = [].concat((reply && reply.return) || []).map(product);
    if (check && !check(list)) throw new Error(ajv.errorsText(check.errors));
    return list;
  });
  await fastify.listen({ host: '127.0.0.1', port: 0 });
  console.log(fastify.server.address().port);
}

main().catch((error) => { console.error(error); process.exit(1); });
