'use strict';
const { log } = require('../shared/log');

exports.handler = async (event) => {
  const id = event && event.pathParameters ? event.pathParameters.id : null;
  log('order read', { id });
  return { statusCode: 200, body: JSON.stringify({ id }) };
};
