export const word: string = ['typed', 'word'].join(' ');
