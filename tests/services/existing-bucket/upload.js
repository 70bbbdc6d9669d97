const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');

exports.handler = async (event) => {
  const id = { S: event.Records[0].s3.object.key };
  await new DynamoDBClient({}).send(new PutItemCommand({ TableName: process.env.HEARD, Item: { id } }));
};
