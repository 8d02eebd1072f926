"""What a walker saw: routed to who answers, receipts back to who reported."""
