exports.handler = async () => ({ word: 'stepped' });
