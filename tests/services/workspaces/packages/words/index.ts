import ms from 'ms';

export const word = (text: string): string => `${text} ${ms('2 days')}`;
