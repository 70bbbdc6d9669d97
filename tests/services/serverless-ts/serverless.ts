import { word } from './config/word';

const config = {
  service: 'serverless-ts',
  provider: { name: 'aws', runtime: 'nodejs20.x', environment: { WORD: word } },
  functions: { answer: { handler: 'answer.handler' } },
} as const;

module.exports = config;
