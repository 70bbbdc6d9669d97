exports.allow = async (event) => ({ isAuthorized: event.headers.authorization === 'please' });
exports.answer = async () => ({ statusCode: 200, body: 'come in' });
