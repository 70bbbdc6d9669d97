const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');

const hears = (id) => async () => {
  const client = new DynamoDBClient({});
  await client.send(new PutItemCommand({ TableName: process.env.HEARD, Item: { id: { S: id } } }));
};

exports.queue = hears('queue');
exports.topic = hears('topic');
exports.bus = hears('bus');
exports.stream = hears('stream');
