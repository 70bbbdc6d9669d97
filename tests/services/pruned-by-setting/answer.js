exports.handler = async () => ({ word: 'first' });
