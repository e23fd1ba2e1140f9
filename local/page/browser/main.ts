import { startAdvisor } from './advisor.ts';
import { startCustomer } from './customer.ts';

startAdvisor(startCustomer());
