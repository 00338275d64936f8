import * as sdk from 'web-sdk-0.14.7';
import { expose } from './page.js';

expose(sdk);
