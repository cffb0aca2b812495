drop index credit_approved_idx;
