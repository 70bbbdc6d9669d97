'use strict';
const { log } = require('../shared/log');

exports.handler = async (event) => {
  const order = event && event.body ? JSON.parse(event.body) : {};
  log('order created', { table: process.env.ORDERS_TABLE });
  return { statusCode: 201, body: JSON.stringify({ ok: true, order }) };
};
