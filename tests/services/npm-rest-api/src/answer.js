const ms = require('ms');

exports.handler = async (event) => ({
  statusCode: 200,
  body: JSON.stringify({ milliseconds: ms(event.pathParameters.text) }),
});
