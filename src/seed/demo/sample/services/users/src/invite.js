'use strict';
const { log } = require('../shared/log');

exports.handler = async (event) => {
  const invited = (event && event.Records ? event.Records : []).length;
  log('invited', { invited });
  return { statusCode: 202, body: JSON.stringify({ invited }) };
};
