const ms = require('ms');

exports.handler = async () => ({ milliseconds: ms('2 days') });
