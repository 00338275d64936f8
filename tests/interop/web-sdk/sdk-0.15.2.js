import * as sdk from 'web-sdk-0.15.2';
import { expose } from './page.js';

expose(sdk);
