exports.handler = async () => ({ word: 'beside a site' });
