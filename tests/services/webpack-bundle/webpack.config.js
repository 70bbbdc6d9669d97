const path = require('path');
const slsw = require('serverless-webpack');

module.exports = {
  entry: slsw.lib.entries,
  mode: 'production',
  target: 'node20',
  devtool: false,
  output: { path: path.join(__dirname, '.webpack'), libraryTarget: 'commonjs2', filename: '[name].js' },
};
