module.exports = { word: 'code' };
