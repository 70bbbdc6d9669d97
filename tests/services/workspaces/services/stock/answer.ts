import { word } from '@shop/words';

export const handler = async (): Promise<{ word: string }> => ({ word: word('stock') });
