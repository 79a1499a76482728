import { createServer } from 'node:http';
import sharp from 'sharp';

createServer(async (request, response) => {
  const image = await sharp({ create: { width: 640, height: 480, channels: 3, background: 'teal' } })
    .resize(32)
    .png()
    .toBuffer();
  const { width, height, format } = await sharp(image).metadata();
  response.end(JSON.stringify({ width, height, format }));
}).listen(8080);
