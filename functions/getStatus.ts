import { app } from '@azure/functions';
import { theApp } from '../lib/app.ts';
import { statusDoor } from '../lib/http/statusPage/statusDoor.ts';

app.http(
  'getStatus',
  statusDoor(async () => theApp().history()),
);
