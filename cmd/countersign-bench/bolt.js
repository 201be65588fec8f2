// The least a bot on @slack/bolt can do: acknowledge a press at once.
const { App } = require('@slack/bolt')

const app = new App({
  token: 'xoxb-fake', appToken: 'xapp-1-fake', socketMode: true,
  clientOptions: { slackApiUrl: process.env.SLACK_API },
})

app.action('act:approve', async ({ ack }) => { await ack() })

app.start().then(() => console.log('bench: connected'))
process.stdin.on('end', () => app.stop().then(() => process.exit(0))).resume()
process.on('SIGINT', () => {}) // the end of standard input is what ends it
