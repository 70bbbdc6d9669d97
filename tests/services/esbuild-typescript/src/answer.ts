import ms from 'ms';
import type { Answer } from './shapes';

export const handler = async (): Promise<Answer> => ({ milliseconds: ms('2 days') });
