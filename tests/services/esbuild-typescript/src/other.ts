export const handler = async (): Promise<string> => 'other';
