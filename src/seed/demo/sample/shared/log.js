'use strict';
// One line of JSON for each thing that happened.
exports.log = (message, facts) => console.log(JSON.stringify({ level: process.env.LOG_LEVEL, message, ...facts }));
